"""What lives within the walls: it runs the visitor's program and reports what its threads did. Facts only; standard library only."""
