using Cove.Policy;
using Cove.Policy.Generation;
using Cove.Policy.Model;

namespace Cove.Tests.Runtime.Shim.Support;

/// <summary>The policy of a pod with these containers, made as <c>cove policy generate --virtual-node-yaml</c> makes it.</summary>
internal static class TestPod
{
    public static PolicyText Policy(TestImage image, params GroupContainer[] containers) => Policy(image, new GeneratorOptions { ExcludeDefaultFragments = true }, containers);

    public static PolicyText Policy(TestImage image, GeneratorOptions options, params GroupContainer[] containers) => PolicyGenerator.Generate(
        new ContainerGroup
        {
            Name = "pod",
            Type = "Pod",
            Platform = GroupPlatform.VirtualNode,
            Containers = containers,
            Volumes = [new GroupVolume("shared", VolumeKind.EmptyDir), new GroupVolume("settings", VolumeKind.EmptyDir)],
        },
        _ => image.Facts,
        options);

    public static GroupContainer Container(string name, params string[] command) => new() { Name = name, Image = TestImage.Name, Command = command, WorkingDirectory = "/" };
}
