"""HTTP: thin views over the domain's verbs, and what every request goes through before and after them."""
