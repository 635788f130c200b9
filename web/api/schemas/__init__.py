"""What goes in and out of the API: separate marshmallow schemas for both ways, one module for each noun."""
