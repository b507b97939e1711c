print("concordat")
