"""What pull requests and deployments do, one module for each make target; the workflows call those targets and nothing else."""
