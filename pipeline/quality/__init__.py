"""Was it good: audits of what is about to be published."""
