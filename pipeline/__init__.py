"""newswire-reprints: finds the reprints of one wire story under many mastheads, and says whose copy it is."""
