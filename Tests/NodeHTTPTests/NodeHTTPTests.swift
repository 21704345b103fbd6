// Tests of NodeHTTP.
