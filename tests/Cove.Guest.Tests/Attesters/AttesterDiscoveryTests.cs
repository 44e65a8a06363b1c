using Cove.Guest.Attesters;
using Cove.Outcomes;

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

    [Fact]
    public void A_group_launched_on_a_simulated_processor_leaves_the_hosts_own_device_alone()
    {
        folder.File("sev");
        folder.File("sev-guest");
        var context = Path.Combine(folder.Path, "security-context-1");
        Assert.IsType<SevGuestAttester>(AttesterDiscovery.Find(paths, context));

        Directory.CreateDirectory(context);
        File.WriteAllText(Path.Combine(context, LaunchFact.FileName), LaunchFact.Simulated + "\n");
        // Also before its socket is there: then asking it fails, which is better than asking another processor.
        Assert.Equal(paths.Simulated, Assert.IsType<SimulatedAttester>(AttesterDiscovery.Find(paths, context)).Source);
    }

    [Theory]
    [InlineData("hardware\n")]
    [InlineData("")]
    [InlineData("simulated simulated simulated simulated simulated simulated simulated")]
    public void A_launch_fact_that_is_not_known_chooses_nothing(string said)
    {
        folder.File("sev-guest");
        File.WriteAllText(Path.Combine(folder.Path, LaunchFact.FileName), said);
        Assert.Throws<MalformedException>(() => AttesterDiscovery.Find(paths, folder.Path));
    }
}
