using System.Numerics;
using Cove.Rego.Values;

namespace Cove.Rego.Tests.Values;

public sealed class RegoNumberTests
{
    private static RegoNumber Number(string text) => (RegoNumber)RegoValue.FromJson(text);

    [Theory]
    [InlineData("0.1", "0.2", "0.3")]
    [InlineData("0.00001", "0", "1e-05")]
    [InlineData("9007199254740993", "1", "9007199254740994")]
    [InlineData("1e3", "1", "1001")]
    [InlineData("1.5", "1e20", "100000000000000000000")]
    [InlineData("9223372036854775807", "1", "9223372036854775808")]
    public void Sums_are_exact_for_integers_and_have_64_bits_for_the_rest(string a, string b, string sum)
    {
        var result = RegoArithmetic.Add(Number(a), Number(b));
        Assert.True(result.Text == sum || RegoValue.AreEqual(result, Number(sum)), result.Text);
    }

    [Theory]
    [InlineData("1", "3", "0.33333333333333333334")]
    [InlineData("6", "2", "3")]
    [InlineData("1e21", "1.5", "666666666666666666700")]
    public void Quotients_are_the_shortest_text_that_identifies_them(string a, string b, string quotient) =>
        Assert.Equal(quotient, RegoArithmetic.Divide(Number(a), Number(b))!.Text);

    [Theory]
    [InlineData("1", "1.0")]
    [InlineData("10", "1e1")]
    [InlineData("0.10", "0.1")]
    [InlineData("100000000000000000000", "1e20")]
    public void Equal_numbers_are_equal_and_hash_alike_however_they_are_written(string a, string b)
    {
        Assert.True(RegoValue.AreEqual(Number(a), Number(b)));
        Assert.Equal(Number(a).GetHashCode(), Number(b).GetHashCode());
        Assert.NotEqual(Number(a), Number("1" + a));
    }

    [Fact]
    public void Order_agrees_with_big_integers()
    {
        string[] texts = ["-1e30", "-9223372036854775809", "-1", "0", "1", "9007199254740992", "9007199254740993", "18446744073709551616", "1e30"];
        var numbers = texts.Select(Number).ToArray();
        for (var i = 0; i < numbers.Length; i++)
            for (var j = 0; j < numbers.Length; j++)
                Assert.Equal(Math.Sign(i.CompareTo(j)), Math.Sign(RegoNumber.Compare(numbers[i], numbers[j])));
        Assert.Equal(BigInteger.Pow(10, 30), numbers[^1].ToBigInteger());
    }
}
