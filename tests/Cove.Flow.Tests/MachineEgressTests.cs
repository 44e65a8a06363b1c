using System.Text.Json;
using Cove.Runtime.Network;
using Cove.Tests.Network;

namespace Cove.Tests.Flow;

/// <summary>A way out of a machine: its card is the group's interface.</summary>
[Collection(Alone.Name)]
public sealed class MachineEgressTests
{
    private readonly CoveProgram cove;

    public MachineEgressTests(CoveProgram cove)
    {
        CoveProgram.RequireHost();
        CoveProgram.RequireMachines();
        OutsideWorld.Require();
        this.cove = cove;
    }

    [Fact]
    public async Task A_container_in_a_machine_resolves_a_name_and_reaches_its_server_but_not_its_host()
    {
        var image = Path.Combine(cove.Home, "guest");
        if (!Directory.Exists(image)) (await cove.RunAsync("guest", "build")).ExitedWith(0);
        await using var at = await CoveInWorld.CreateAsync();
        var copy = Directory.CreateDirectory(Path.Combine(at.Cove.Home, "guest")).FullName;
        foreach (var file in Directory.GetFiles(image)) File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));

        using var project = new CallerProject(OutsideWorld.HostAddress, MetadataService.Address);
        var answer = (await at.Cove.RunAsync("run", project.Folder, "--isolation", "vm", "--network", "nat", "--json")).ExitedWith(0).Json;
        var logs = Assert.Single(answer.GetProperty("containers").EnumerateArray()).GetProperty("logs").GetString();
        Assert.Equal(CallerProject.Expected(OutsideWorld.HostAddress, MetadataService.Address), logs);
        Assert.DoesNotContain("cove", at.World.Host.Run(() => Iproute.Ip("-br", "link")), StringComparison.Ordinal);
    }
}
