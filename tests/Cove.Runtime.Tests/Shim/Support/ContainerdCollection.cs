namespace Cove.Tests.Runtime.Shim.Support;

/// <summary>One containerd for all that need it, one test after another.</summary>
[CollectionDefinition(Name)]
public sealed class ContainerdCollection : ICollectionFixture<ContainerdUnderTest>
{
    public const string Name = "containerd";
}
