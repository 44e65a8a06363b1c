package harbour

default enter := false

enter if input.tide == "high"
