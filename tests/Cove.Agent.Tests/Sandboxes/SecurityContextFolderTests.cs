using Cove.Agent.Sandboxes;
using Cove.Guest.Attesters;

namespace Cove.Agent.Tests.Sandboxes;

public sealed class SecurityContextFolderTests : IDisposable
{
    private readonly string rootfs = Directory.CreateTempSubdirectory("cove-context-").FullName;

    public void Dispose() => Directory.Delete(rootfs, recursive: true);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Containers_learn_that_the_processor_is_simulated_from_the_agents_own_launch(bool simulated)
    {
        var folder = rootfs + SecurityContextFolder.Write(rootfs, "cGFja2FnZQ==", context: null, infos: ("", ""), simulated);
        Assert.Equal(simulated, LaunchFact.IsSimulated(folder));
        Assert.Equal("cGFja2FnZQ==", File.ReadAllText(Path.Combine(folder, "security-policy-base64")));
    }

    [Fact]
    public void A_folder_that_the_image_brought_says_nothing()
    {
        var image = Directory.CreateDirectory(Path.Combine(rootfs, "security-context-0"));
        File.WriteAllText(Path.Combine(image.FullName, LaunchFact.FileName), LaunchFact.Simulated);
        Assert.False(LaunchFact.IsSimulated(rootfs + SecurityContextFolder.Write(rootfs, "", context: null, infos: ("", ""), simulated: false)));
    }
}
