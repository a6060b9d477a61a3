"""What a policy is shown: geometry, frames of boxes, the token rule, the view."""
