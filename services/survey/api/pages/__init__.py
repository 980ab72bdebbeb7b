"""What customers see: plain HTML in their language, without JavaScript, one style sheet, nothing foreign."""
