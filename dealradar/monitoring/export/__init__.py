"""What others are to watch the site with: Prometheus' alerting rules, their tests, and a dashboard for Grafana."""
