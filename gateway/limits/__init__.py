"""What one GraphQL operation may cost, judged before it runs; nothing is exempt."""
