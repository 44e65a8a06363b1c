namespace Cove.Tests.Flow;

/// <summary>
/// A machine on QEMU's translator is twenty times slower than its host, and wants all of it: what needs one runs with nothing beside it. One state
/// folder, and so one guest image, serves all of them.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone : ICollectionFixture<CoveProgram>
{
    public const string Name = "alone";
}
