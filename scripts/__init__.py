"""What `scripts/dev` calls: one file, one idea; the table of commands is in `commands`."""
