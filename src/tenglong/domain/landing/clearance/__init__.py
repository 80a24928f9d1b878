"""征收·腾空·拆除: statutory steps and their clocks, stages of a holder, rates on a day, the curve, consistency, soil gates."""
