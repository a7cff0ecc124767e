"""DealRadar: the API and web server of a deals community."""
