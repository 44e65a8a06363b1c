using System.Text;
using Cove.Volumes.Kdf;

namespace Cove.Volumes.Tests.Kdf;

public sealed class Argon2idTests
{
    /// <summary>The reference implementation's own test values for version 0x13.</summary>
    [Theory]
    [InlineData(2, 65536, 1, "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7")]
    [InlineData(2, 256, 1, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe")]
    [InlineData(2, 256, 2, "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037")]
    [InlineData(1, 65536, 1, "f6a5adc1ba723dddef9b5ac1d464e180fcd9dffc9d1cbf76cca2fed795d9ca98")]
    [InlineData(4, 65536, 1, "9025d48e68ef7395cca9079da4c4ec3affb3c8911fe4f86d1a2520856f63172c")]
    public void Derives_what_the_reference_derives(int passes, int memory, int lanes, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(Derive("password", "somesalt", passes, memory, lanes)));

    [Fact]
    public void Another_password_salt_or_cost_derives_another_key()
    {
        var key = Derive("password", "somesalt", 2, 256, 1);
        Assert.NotEqual(key, Derive("Password", "somesalt", 2, 256, 1));
        Assert.NotEqual(key, Derive("password", "somesald", 2, 256, 1));
        Assert.NotEqual(key, Derive("password", "somesalt", 3, 256, 1));
        Assert.NotEqual(key, Derive("password", "somesalt", 2, 264, 1));
        Assert.NotEqual(key, Derive("password", "somesalt", 2, 256, 2));
    }

    [Theory]
    [InlineData(0, 256, 1)]
    [InlineData(Argon2id.MaximumPasses + 1, 256, 1)]
    [InlineData(1, 7, 1)]
    [InlineData(1, 15, 2)]
    [InlineData(1, Argon2id.MaximumMemory + 1, 1)]
    [InlineData(1, 256, 0)]
    [InlineData(1, 256, Argon2id.MaximumLanes + 1)]
    public void Refuses_costs_outside_its_limits(int passes, int memory, int lanes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Derive("password", "somesalt", passes, memory, lanes));

    private static byte[] Derive(string password, string salt, int passes, int memory, int lanes)
    {
        var key = new byte[32];
        Argon2id.Derive(Encoding.ASCII.GetBytes(password), Encoding.ASCII.GetBytes(salt), passes, memory, lanes, key);
        return key;
    }
}
