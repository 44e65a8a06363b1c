using Cove.Attestation.Tokens.Ear;

namespace Cove.Attestation.Tests.Tokens.Ear;

public sealed class TrustworthinessVectorTests
{
    [Theory]
    [InlineData(0, TrustTier.None)]
    [InlineData(1, TrustTier.None)]
    [InlineData(-1, TrustTier.None)]
    [InlineData(2, TrustTier.Affirming)]
    [InlineData(31, TrustTier.Affirming)]
    [InlineData(-2, TrustTier.Affirming)]
    [InlineData(-32, TrustTier.Affirming)]
    [InlineData(32, TrustTier.Warning)]
    [InlineData(95, TrustTier.Warning)]
    [InlineData(-33, TrustTier.Warning)]
    [InlineData(-96, TrustTier.Warning)]
    [InlineData(96, TrustTier.Contraindicated)]
    [InlineData(127, TrustTier.Contraindicated)]
    [InlineData(-97, TrustTier.Contraindicated)]
    [InlineData(-128, TrustTier.Contraindicated)]
    public void A_value_has_the_tier_of_its_range(int value, TrustTier tier) => Assert.Equal(tier, TrustworthinessVector.TierOf((sbyte)value));

    [Fact]
    public void The_status_is_that_of_the_worst_claim()
    {
        Assert.Equal(TrustTier.None, new TrustworthinessVector().Status);
        Assert.Equal(TrustTier.Affirming, new TrustworthinessVector { Hardware = 2, Executables = 3, Configuration = 3 }.Status);
        Assert.Equal(TrustTier.Warning, new TrustworthinessVector { Hardware = 2, Executables = 33, Configuration = 3 }.Status);
        Assert.Equal(TrustTier.Contraindicated, new TrustworthinessVector { Hardware = 97, Executables = 33, Configuration = 3 }.Status);
    }
}
