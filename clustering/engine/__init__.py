"""Which texts are alike: strings and arrays in, arrays and plain records out. Knows neither Django nor the network."""
