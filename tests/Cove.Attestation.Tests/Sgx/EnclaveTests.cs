using System.Numerics;
using System.Security.Cryptography;
using Cove.Attestation.Sgx;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Sgx;

public sealed class EnclaveTests
{
    private static readonly byte[] Code = [.. Enumerable.Range(0, EnclaveMeasurement.PageSize).Select(i => (byte)(i % 251))];
    private static readonly byte[] Data = [.. Enumerable.Repeat((byte)7, EnclaveMeasurement.PageSize)];

    [Fact]
    public void The_measurement_is_that_of_another_implementation() =>
        Assert.Equal("a1dbcf6dcd9d700559289244eb604d1626ad2f0d05ae027830f7ffd1e86d02f4", Convert.ToHexStringLower(Measure(0x4000, Code, dataMeasured: false)));

    [Fact]
    public void Everything_that_is_measured_changes_it()
    {
        var other = Code.ToArray();
        other[^1] ^= 1;
        byte[][] measurements = [Measure(0x4000, Code, false), Measure(0x8000, Code, false), Measure(0x4000, other, false), Measure(0x4000, Code, true)];
        Assert.Equal(measurements.Length, measurements.Select(Convert.ToHexString).Distinct().Count());
    }

    [Theory]
    [InlineData(0x3000UL)]
    [InlineData(0x1000UL)]
    [InlineData(0UL)]
    public void An_enclave_of_another_size_than_a_power_of_two_is_refused(ulong size) => Assert.Equal("size", Assert.Throws<MalformedException>(() => new EnclaveMeasurement(1, size)).Field);

    [Fact]
    public void A_page_outside_or_added_twice_is_refused()
    {
        using var measurement = new EnclaveMeasurement(1, 0x4000);
        measurement.AddPage(0, EnclavePageFlags.Regular | EnclavePageFlags.Read, Code);
        foreach (var offset in (ulong[])[0, 0x4000, 0x800]) Assert.Equal("page offset", Assert.Throws<MalformedException>(() => measurement.AddPage(offset, EnclavePageFlags.Regular, Code)).Field);
        Assert.Equal("page", Assert.Throws<MalformedException>(() => measurement.AddPage(0x1000, EnclavePageFlags.Regular, Code.AsSpan(1))).Field);
    }

    [Fact]
    public void A_signed_structure_verifies_and_none_with_a_bit_changed()
    {
        using var key = Key();
        var bytes = Sign(key, Measure(0x4000, Code, false));
        var structure = Sigstruct.Parse(bytes);
        Assert.Empty(structure.Verify());
        Assert.Equal(Measure(0x4000, Code, false), structure.EnclaveHash.ToArray());
        Assert.Equal((new DateOnly(2026, 11, 22), 7, 3), (structure.Date, structure.IsvProdId, structure.IsvSvn));
        Assert.Equal(SHA256.HashData(bytes.AsSpan(128, 384)), structure.MrSigner());
        for (var at = 0; at < bytes.Length; at += 3)
        {
            var changed = bytes.ToArray();
            changed[at] ^= 1;
            try
            {
                Assert.NotEmpty(Sigstruct.Parse(changed).Verify());
            }
            catch (MalformedException malformed)
            {
                Assert.Equal("SIGSTRUCT", malformed.Format);
            }
        }
    }

    [Fact]
    public void A_modulus_that_is_none_signed_nothing()
    {
        using var key = Key();
        var bytes = Sign(key, new byte[32]);
        foreach (var (at, count, value) in (ReadOnlySpan<(int, int, byte)>)[(128, 384, 0), (128, 384, 0xFF), (128, 1, 0), (128 + 192, 192, 0)])
        {
            var changed = bytes.ToArray();
            changed.AsSpan(at, count).Fill(value);
            Assert.Contains(Sigstruct.Parse(changed).Verify(), finding => finding.Code == "sigstruct-signature-invalid");
        }
    }

    [Theory]
    [InlineData(1040, "Q1")]
    [InlineData(1424, "Q2")]
    public void A_wrong_helper_number_is_named(int at, string field)
    {
        using var key = Key();
        var bytes = Sign(key, new byte[32]);
        bytes[at] ^= 1;
        Assert.Equal(("sigstruct-quotient-invalid", field), Assert.Single(Sigstruct.Parse(bytes).Verify()) is var finding ? (finding.Code, finding.Field) : default);
    }

    private static byte[] Measure(ulong size, byte[] code, bool dataMeasured)
    {
        using var measurement = new EnclaveMeasurement(1, size);
        measurement.AddPage(0, EnclavePageFlags.Regular | EnclavePageFlags.Read | EnclavePageFlags.Execute, code);
        measurement.AddPage(0x1000, EnclavePageFlags.ThreadControl, new byte[EnclaveMeasurement.PageSize]);
        measurement.AddPage(0x2000, EnclavePageFlags.Regular | EnclavePageFlags.Read | EnclavePageFlags.Write, Data, dataMeasured);
        return measurement.MrEnclave();
    }

    // .NET makes keys with exponent 65537 only, so the primes of one are taken and the private exponent for 3 is computed from them.
    private static RSA Key()
    {
        for (; ; )
        {
            using var other = RSA.Create(3072);
            var parts = other.ExportParameters(true);
            var (p, q) = (Big(parts.P!), Big(parts.Q!));
            var (p1, q1) = (p - 1, q - 1);
            if (p1 % 3 == 0 || q1 % 3 == 0) continue;
            var d = Invert(3, p1 * q1);
            return RSA.Create(new RSAParameters
            {
                Modulus = parts.Modulus, Exponent = [3], P = parts.P, Q = parts.Q, D = Bytes(d, 384), DP = Bytes(d % p1, 192), DQ = Bytes(d % q1, 192), InverseQ = parts.InverseQ,
            });
        }
    }

    private static BigInteger Invert(BigInteger value, BigInteger modulus)
    {
        // value is 3: one of three multiples of the modulus is one short of a multiple of 3.
        for (BigInteger k = 1; ; k++)
        {
            var (quotient, remainder) = BigInteger.DivRem(k * modulus + 1, value);
            if (remainder.IsZero) return quotient;
        }
    }

    private static byte[] Sign(RSA key, byte[] enclaveHash)
    {
        var bytes = new byte[Sigstruct.Size];
        Convert.FromHexString("06000000e100000000000100").CopyTo(bytes, 0);
        BitConverter.GetBytes(0x20261122u).CopyTo(bytes, 20);
        Convert.FromHexString("01010000600000006000000001000000").CopyTo(bytes, 24);
        var modulus = key.ExportParameters(false).Modulus!;
        modulus.Reverse().ToArray().CopyTo(bytes, 128);
        bytes[512] = 3;
        bytes[928] = 5;
        enclaveHash.CopyTo(bytes, 960);
        (bytes[1024], bytes[1026]) = (7, 3);
        var signature = key.SignData([.. bytes[..128], .. bytes[900..1028]], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        signature.Reverse().ToArray().CopyTo(bytes, 516);
        var (s, m) = (Big(signature), Big(modulus));
        var first = s * s / m;
        Bytes(first, 384).Reverse().ToArray().CopyTo(bytes, 1040);
        Bytes(s * (s * s - first * m) / m, 384).Reverse().ToArray().CopyTo(bytes, 1424);
        return bytes;
    }

    private static BigInteger Big(byte[] bigEndian) => new(bigEndian, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger value, int size)
    {
        var bytes = new byte[size];
        var written = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        written.CopyTo(bytes, size - written.Length);
        return bytes;
    }
}
