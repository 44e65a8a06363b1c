using Cove.Guest.Attesters;

namespace Cove.Guest.Tests.Attesters;

public sealed class AttesterDiscoveryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly AttesterPaths paths;

    public AttesterDiscoveryTests() => paths = new AttesterPaths
    {
        SevGuest = Path.Combine(folder.Path, "sev-guest"),
        ConfigfsTsm = Path.Combine(folder.Path, "tsm"),
        LegacySev = Path.Combine(folder.Path, "sev"),
        Gramine = Path.Combine(folder.Path, "attestation"),
        Simulated = Path.Combine(folder.Path, "cove-sp"),
    };

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Finds_none_where_there_is_none() => Assert.Null(AttesterDiscovery.Find(paths));

    [Fact]
    public void Prefers_hardware_and_the_newer_interface()
    {
        folder.File("cove-sp");
        Assert.IsType<SimulatedAttester>(AttesterDiscovery.Find(paths));
        Directory.CreateDirectory(paths.Gramine);
        Assert.IsType<GramineAttester>(AttesterDiscovery.Find(paths));
        folder.File("sev");
        Assert.IsType<LegacySevAttester>(AttesterDiscovery.Find(paths));
        Directory.CreateDirectory(paths.ConfigfsTsm);
        Assert.IsType<ConfigfsTsmAttester>(AttesterDiscovery.Find(paths));
        folder.File("sev-guest");
        Assert.IsType<SevGuestAttester>(AttesterDiscovery.Find(paths));
    }

    [Fact]
    public void Looks_where_it_is_told()
    {
        folder.File("cove-sp");
        Assert.Equal(paths.Simulated, AttesterDiscovery.Find(paths)!.Source);
    }
}
