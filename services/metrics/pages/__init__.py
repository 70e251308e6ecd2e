"""Pages and machine interface: they translate, call one use case, and translate back."""
