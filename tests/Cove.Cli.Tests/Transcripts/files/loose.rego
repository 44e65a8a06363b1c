package harbour
import data.wind
import data.tide

enter if {input.tide>3 # metres
  not wind.storm }
