"""What a model is sent: counted, fitted and marked."""
