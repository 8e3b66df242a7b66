"""Programs that make the data and weights the package ships."""
