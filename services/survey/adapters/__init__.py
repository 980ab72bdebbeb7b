"""The outside world of survey: mail servers, providers of text messages and messaging, review platforms."""
