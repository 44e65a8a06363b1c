using Cove.Cli.Development;
using Cove.Cli.Shell;

namespace Cove.Cli.Tests.Commands;

/// <summary>A home with the development CA and identity, made once for a class of tests: the keys take a while.</summary>
public sealed class DevelopmentHome : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cove-cli-home-");

    public DevelopmentHome() => new DevelopmentFolder(new CoveHome(Path), TimeProvider.System).Complete();

    public string Path => folder.FullName;

    public void Dispose() => folder.Delete(recursive: true);
}
