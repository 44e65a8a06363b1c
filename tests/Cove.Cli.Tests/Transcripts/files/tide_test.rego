package harbour_test

import data.harbour

test_high_tide_lets_ships_in if harbour.enter with input.tide as "high"

test_low_tide_does_not if {
	print("low water")
	not harbour.enter with input.tide as "low"
}
