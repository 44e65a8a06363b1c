namespace Cove.Cli.GuestImages;

/// <summary>A file of the initial file system.</summary>
/// <param name="Path">Its path, without a leading slash.</param>
/// <param name="Source">Where its bytes come from on this host.</param>
/// <param name="Package">The package that it is from; null for what cove itself brings.</param>
/// <param name="Executable">Mode 0755 rather than 0644.</param>
/// <param name="Module">A kernel module, which goes in without the signature behind it.</param>
internal sealed record GuestFile(string Path, string Source, string? Package, bool Executable, bool Module = false)
{
    /// <summary>What goes into the image.</summary>
    /// <exception cref="Cove.Outcomes.MalformedException">It is a module whose signature is not one.</exception>
    public byte[] Read() => Module ? KernelModule.WithoutSignature(Source, File.ReadAllBytes(Source)) : File.ReadAllBytes(Source);
}
