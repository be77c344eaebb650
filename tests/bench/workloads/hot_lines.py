import threading
import time


def step_0(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_1(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_2(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_3(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_4(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_5(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_6(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_7(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_8(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_9(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_10(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_11(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_12(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_13(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_14(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_15(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_16(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_17(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_18(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_19(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_20(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_21(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_22(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_23(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_24(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_25(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_26(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_27(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_28(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_29(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_30(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_31(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_32(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_33(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_34(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_35(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_36(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_37(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_38(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


def step_39(x):
    x = x + 0 if x < 1000 else x - 1000
    x = x + 1 if x < 1001 else x - 1001
    x = x + 2 if x < 1002 else x - 1002
    x = x + 3 if x < 1003 else x - 1003
    x = x + 4 if x < 1004 else x - 1004
    x = x + 5 if x < 1005 else x - 1005
    x = x + 6 if x < 1006 else x - 1006
    x = x + 7 if x < 1007 else x - 1007
    x = x + 8 if x < 1008 else x - 1008
    x = x + 9 if x < 1009 else x - 1009
    x = x + 10 if x < 1010 else x - 1010
    x = x + 11 if x < 1011 else x - 1011
    x = x + 12 if x < 1012 else x - 1012
    x = x + 13 if x < 1013 else x - 1013
    x = x + 14 if x < 1014 else x - 1014
    x = x + 15 if x < 1015 else x - 1015
    x = x + 16 if x < 1016 else x - 1016
    x = x + 17 if x < 1017 else x - 1017
    x = x + 18 if x < 1018 else x - 1018
    x = x + 19 if x < 1019 else x - 1019
    x = x + 20 if x < 1020 else x - 1020
    x = x + 21 if x < 1021 else x - 1021
    x = x + 22 if x < 1022 else x - 1022
    x = x + 23 if x < 1023 else x - 1023
    x = x + 24 if x < 1024 else x - 1024
    return x


STEPS = [step_0, step_1, step_2, step_3, step_4, step_5, step_6, step_7, step_8, step_9, step_10, step_11, step_12, step_13, step_14, step_15, step_16, step_17, step_18, step_19, step_20, step_21, step_22, step_23, step_24, step_25, step_26, step_27, step_28, step_29, step_30, step_31, step_32, step_33, step_34, step_35, step_36, step_37, step_38, step_39]
ROUNDS = 8_000


def work():
    x = 1
    for _ in range(ROUNDS):
        for step in STEPS:
            x = step(x)


threads = [threading.Thread(target=work) for _ in range(2)]
began = time.perf_counter()
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("took", time.perf_counter() - began)
