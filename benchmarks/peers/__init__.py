"""Other tools doing the same job, each as its own documentation recommends."""
