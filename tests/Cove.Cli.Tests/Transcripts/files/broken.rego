package harbour

default enter := false

enter input.tide == "high"
