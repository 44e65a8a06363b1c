using Cove.Attestation.Measurement;
using Cove.Outcomes;

namespace Cove.Attestation.Tests.Measurement;

public sealed class ProcessorTypeTests
{
    [Theory]
    [InlineData("EPYC", 0x17u, 1u, 2u)]
    [InlineData("EPYC-Rome-v4", 0x17u, 49u, 0u)]
    [InlineData("epyc-milan", 0x19u, 1u, 1u)]
    [InlineData("EPYC-Genoa", 0x19u, 17u, 0u)]
    [InlineData("EPYC-Turin", 0x1Au, 0u, 0u)]
    public void A_name_stands_for_the_family_model_and_stepping_that_QEMU_gives_it(string name, uint family, uint model, uint stepping) =>
        Assert.Equal(ProcessorType.SignatureOf(family, model, stepping), ProcessorType.Find(name));

    [Fact]
    public void What_is_not_known_or_does_not_fit_is_refused()
    {
        Assert.Null(ProcessorType.Find("EPYC-Naples"));
        Assert.Equal(0x800F12u, ProcessorType.SignatureOf(0x17, 1, 2));
        Assert.Throws<MalformedException>(() => ProcessorType.SignatureOf(0x10F, 0, 0));
        Assert.Throws<MalformedException>(() => ProcessorType.SignatureOf(0x17, 256, 0));
        Assert.Throws<MalformedException>(() => ProcessorType.SignatureOf(0x17, 1, 16));
    }
}
