import FabricTypes

/// An RSA authority with what it issued, made once with OpenSSL's command line. Identities may not have RSA keys; their
/// authorities may.
enum RSAAuthority {
    static let root = Bytes(
        """
        -----BEGIN CERTIFICATE-----
        MIIDLTCCAhWgAwIBAgIUS4eX670YnBhrmznJhnEpAp452u4wDQYJKoZIhvcNAQEL
        BQAwHjELMAkGA1UEBhMCVVMxDzANBgNVBAMMBnJzYS1jYTAeFw0yNjExMjEwMTEz
        NDhaFw0zNjExMTgwMTEzNDhaMB4xCzAJBgNVBAYTAlVTMQ8wDQYDVQQDDAZyc2Et
        Y2EwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCvNQn4g6dHGDt224R+
        Bmp4/ftNzaZn0/Bxk8exl37ax1QpnsTk9SlCymVSXmhSCTjOvt4S5NZa2viXB2/s
        gFGSNBH2y0+3uFDgwZt4LoidGqBCUj8i+xXcxXYOJsaAACRPdW9mJTHRQJcy2JY2
        qLKAxhPLOGK6fGhe3szvJTZ5mVkbZBGZWLtb1KrmzgMRuU7sAVnkciOks/2oV10q
        c6a1TI2CSOLD1f3XCZlTpAPdwrZJ6Ewg8EjlvEPQI7ITDATyoiJ5HtlqJXKZF96K
        ptWYRQUHCFpxJ+ewy2r3Qd2zzfy90N/kQXoWe/3Cf0dc3nX/et5wEo+gBoXJGflV
        YUN7AgMBAAGjYzBhMB0GA1UdDgQWBBRWLPB1Oz/Gsnp2RCwqDq9UoEWQhjAfBgNV
        HSMEGDAWgBRWLPB1Oz/Gsnp2RCwqDq9UoEWQhjAPBgNVHRMBAf8EBTADAQH/MA4G
        A1UdDwEB/wQEAwIBBjANBgkqhkiG9w0BAQsFAAOCAQEAXqUDuplNDv9VxTEGZSyo
        9WQJ9k3pS3kgbYg24TaoEfLZe+e7OxPc25JBmTOf/0PiLBIOyok0tDXCnWGlFzbv
        4NG8i8cZGrtWdVg2Gt/ZxLToRiMwzZ3StQnJ/EFFdPGktv2GxLsZqs+zZwiz/R9y
        n9w2YDRHnwT/5pROpnTdLRwOSFNpMzHOFdUlDRQIsRChfehkdxCmjePUZcBwlBiu
        IOtLNnVLHYJJFjCRInE04cSPtA89DifOhdlBvvpwRsH8ss3pBNgaioStWwBn5omk
        u34uVf3bJ61rsmlKqQKuGyhv660wi06eUYeB4cEATkknPAJtI6g3nj/yYYERyl1U
        DQ==
        -----END CERTIFICATE-----
        """)

    /// A client with a P-256 key.
    static let client = Bytes(
        """
        -----BEGIN CERTIFICATE-----
        MIICbjCCAVagAwIBAgIUNMWqnyM3pl3Znpv/a26cunVxf0IwDQYJKoZIhvcNAQEL
        BQAwHjELMAkGA1UEBhMCVVMxDzANBgNVBAMMBnJzYS1jYTAeFw0yNjExMjEwMTEz
        NDhaFw0zNTAyMDcwMTEzNDhaMC0xCzAJBgNVBAYTAlVTMQ8wDQYDVQQLDAZjbGll
        bnQxDTALBgNVBAMMBGxlYWYwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATzTvyB
        e5wdBneUrGrCz3Y4fxZG4Sn3X6w8cSr7enn9GLvF6xp1qS/9p58ipQiX7PegtOpd
        HhApiotQpb58dLkto2AwXjAMBgNVHRMBAf8EAjAAMA4GA1UdDwEB/wQEAwIHgDAd
        BgNVHQ4EFgQUZE/w0nktb4knq5d8D8swTR9f6sIwHwYDVR0jBBgwFoAUVizwdTs/
        xrJ6dkQsKg6vVKBFkIYwDQYJKoZIhvcNAQELBQADggEBAHu1KKjgHPN67BPB0e3a
        fmuBwhEg+LRW9/UB8f1hJcYuESgrFZWCL6UvEgPWh8tJtl468GnCGbX3w3aDDYg5
        SZxie5t4Lo1si0aWoP6KToDzTmasd/ovNNoRFQbFKHPxmI7zVDFTNDMF9mhya5sF
        B/oDcYheXXtGwbs+1NdJKbX7bvkO1ejGSrYFY/sNMpBiBaRVfDTs62EcCnzyZ2jB
        0zy2axi4T/af9reJ/0or7WtzQHEQVNf+YYv4I8krIzt1q3xjCpP6KQumwXjddkP2
        5lRDt5unH8RnmI0f2K/HSSkU2mdkO0hGSrWRqI+/VgTBXnUAyC4otlazyZ0OUdhA
        y0k=
        -----END CERTIFICATE-----
        """)

    /// A client with an RSA key.
    static let rsaClient = Bytes(
        """
        -----BEGIN CERTIFICATE-----
        MIIDPTCCAiWgAwIBAgIUNMWqnyM3pl3Znpv/a26cunVxf0MwDQYJKoZIhvcNAQEL
        BQAwHjELMAkGA1UEBhMCVVMxDzANBgNVBAMMBnJzYS1jYTAeFw0yNjExMjEwMTEz
        NDhaFw0zNTAyMDcwMTEzNDhaMDExCzAJBgNVBAYTAlVTMQ8wDQYDVQQLDAZjbGll
        bnQxETAPBgNVBAMMCHJzYS1sZWFmMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIB
        CgKCAQEAiCTZM5EPAIjxlogfVZ+jU1xTL5c+wxFPQPqG5LpWuZxzXtZCbinOz2OR
        ZXP0qXkHKAHWn6ij5WjqsToGApOqpqXhi221/AGhTFUhrEeKfQ3gioRiey4Le31H
        7FvUj1GZBGBgSQ3EVwr07Yl+TlpTBVeSco8ai52xKluTkVY+S/H9awvn9bH61MAL
        fdn30dO6jngbrmPZKEwiuxemNZaPlRTlXd/DWZayc1ELNLY6L6MtzDyEYdzoZM+p
        AV3PcPCkXY4qFkXQj+cKNbu5+GwIbJDarDj0cgj01Cgj4KQr1qExDnLWNCqvDqwb
        fr8sN4/jJTUYFjiLD7vJJyJhW9sLYwIDAQABo2AwXjAMBgNVHRMBAf8EAjAAMA4G
        A1UdDwEB/wQEAwIHgDAdBgNVHQ4EFgQUUCRBqCanbAFYH1J/5OKq28SnC1owHwYD
        VR0jBBgwFoAUVizwdTs/xrJ6dkQsKg6vVKBFkIYwDQYJKoZIhvcNAQELBQADggEB
        AE+1SKHKzgABTp/sWa4q7W0ojrzvs0T6yZ9zcbxTwDTuJA8QuwS0HqD+BzdtQp+i
        lfj+nBct7AZt3UK7ysfg9o4UNRh86U15Edxbt90w6b47KPPb+HQrrtIknwRPd67P
        z3wmf52/236X4jfcFWhQ56Z8f5/y3x5tPe2ZTJQ6xvnC3HfdQS5Sh6PBe5FFy6AK
        Ug0YSKiiCqBccVq5vumB7KCLPLiSNJtvuOuub7t2QtRZbmOsad77L0rKybQ3vo/4
        cpF9ZQWoHZST3M5Ytmujt5GP44opa+rQFZ/8Fiy7AOUAvagqc1ZBkR+wxzL6w0Cc
        UKAKxdli+k+5klZsH5CYrjM=
        -----END CERTIFICATE-----
        """)

    /// Revokes ``client``.
    static let revocationList = Bytes(
        """
        -----BEGIN X509 CRL-----
        MIIBwTCBqgIBATANBgkqhkiG9w0BAQsFADAeMQswCQYDVQQGEwJVUzEPMA0GA1UE
        AwwGcnNhLWNhFw0yNjExMjEwMTEzNDhaFw0zNTAyMDcwMTEzNDhaMCcwJQIUNMWq
        nyM3pl3Znpv/a26cunVxf0IXDTI2MTEyMTAxMTM0OFqgLzAtMB8GA1UdIwQYMBaA
        FFYs8HU7P8ayenZELCoOr1SgRZCGMAoGA1UdFAQDAgEBMA0GCSqGSIb3DQEBCwUA
        A4IBAQAIWGfNRx39Ik9cuyGzEb7yEzw64EcfM/PTi06x21sG/TWHVjwdpjnWXlh5
        kre6QWZ6OlvP0eeKLOu5+Xftdd9GLMfj8n422p8P35RsjFffREszWeKL/CBTu12j
        68ttLqmdXmLKSb8CUXoD+gTUKoNeSVn9kRKSs3JYQJ07GfJUZhm+Om5iXUWaejbZ
        NQWC7hd5HNUw2sAb7zLSMk2IB/jenvMSfO0M5TMe5mFvtUPw8ghFIouzGa5DbVYM
        Lkydhyfg6o4eYCcOB13yz9H2McLhzbCO6L2l5aT6bPNRfOYbrblAGFJ6qcQ1x58j
        xyFKCJlSj25AUJg29ovcVwAUy40g
        -----END X509 CRL-----
        """)
}
