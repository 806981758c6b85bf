"""What can be known from a recording: views, verification, exports, figures. No torch."""
