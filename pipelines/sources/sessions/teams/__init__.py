"""Microsoft Teams: attendance reports as they are downloaded."""
