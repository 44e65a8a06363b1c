package tiny

p := 1
