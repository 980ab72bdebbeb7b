"""The doors of survey: configuration and records by REST, and the pages that customers see."""
