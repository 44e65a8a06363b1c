namespace Cove.Cli.Development;

/// <summary>Where the other programs of the product lie: beside the folder of this one.</summary>
internal static class Product
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, ".."));

    public static string AttestationService => Program("attestation", "Cove.AttestationService.dll");

    public static string KeyService => Program("keys", "Cove.KeyService.dll");

    public static string Runtime => Program("runtime", "Cove.Runtime.dll");

    /// <summary>The agent's folder: what a guest is measured by.</summary>
    public static string AgentFolder => Path.GetDirectoryName(Program("agent", "Cove.Agent.dll"))!;

    /// <summary>The agent as it was built last.</summary>
    public static string AgentProgram => Program("agent", "Cove.Agent.dll");

    /// <summary>The agent compiled into one program, which guest images carry; not there before <see cref="NativeAgentScript"/> ran.</summary>
    public static string NativeAgent => Path.Combine(Root, "guest", "Cove.Agent");

    /// <summary>The script that compiles it; there where cove runs from its sources.</summary>
    public static string NativeAgentScript => Path.GetFullPath(Path.Combine(Root, "..", "..", "eng", "native-agent"));

    /// <summary>The root file system of an image that comes with the product, e.g. <c>skr</c>.</summary>
    public static string ImageFolder(string name)
    {
        var folder = Path.Combine(Root, name);
        return Directory.Exists(folder) ? folder : throw Missing(folder);
    }

    /// <summary>The script that installs what the host lacks.</summary>
    public static string HostPackages => Path.Combine(Root, "eng", "host-packages");

    /// <summary>The folder that Azurite is installed in at its first use.</summary>
    public static string AzuriteFolder => Path.Combine(Root, "azurite");

    /// <summary>Azurite's program, which is there once it is installed.</summary>
    public static string Azurite => Path.Combine(AzuriteFolder, "node_modules", "azurite", "dist", "src", "blob", "main.js");

    /// <summary>The script that installs Azurite.</summary>
    public static string AzuriteInstaller => Path.Combine(Root, "eng", "azurite", "install");

    private static string Program(string folder, string file)
    {
        var path = Path.Combine(Root, folder, file);
        return File.Exists(path) ? path : throw Missing(path);
    }

    private static CommandFailedException Missing(string path) =>
        CommandFailedException.Unavailable("product-incomplete", $"a part of cove is not built, {path}", "start cove by the script ./cove, which builds what is missing");
}
