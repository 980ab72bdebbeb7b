"""What runs the house: servers, image, demo and decisions; nothing of the business."""
