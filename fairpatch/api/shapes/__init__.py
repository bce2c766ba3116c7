"""The forms of requests and answers, one noun a file. The OpenAPI schema and the UI's types begin here."""
