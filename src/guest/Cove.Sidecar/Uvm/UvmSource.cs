namespace Cove.Sidecar.Uvm;

/// <summary>
/// Finds what the utility VM says about itself: in its security-context folder, or in the environment as before there was one. It is all
/// from the one or all from the other, and the endorsement decides which.
/// </summary>
internal sealed class UvmSource(string root, Func<string, string?> environment, SidecarLog log)
{
    private const string FolderPrefix = "security-context-";
    private const string KataFolder = "opt/confidential-containers/share/kata-containers";
    private const int FileLimit = 8 * 1024 * 1024;

    /// <summary>Reads it now: the files may change under a running container.</summary>
    /// <exception cref="SkrFailureException">The certificates in the environment cannot be read.</exception>
    public UvmInformation Read()
    {
        var found = ReadFolder(Folder());
        if (found.ReferenceInfo.Length > 0) return found;

        // A guest without an endorsed image, such as a simulated one, has certificates and a policy all the same.
        var environmental = ReadEnvironment();
        return environmental == UvmInformation.Empty ? found : environmental;
    }

    /// <summary>The security-context folder; it need not exist.</summary>
    public string Folder()
    {
        if (environment("UVM_SECURITY_CONTEXT_DIR") is { Length: > 0 } named) return named;
        var found = Directory.Exists(root)
            ? Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal)
                .FirstOrDefault(path => Path.GetFileName(path).Contains(FolderPrefix, StringComparison.Ordinal))
            : null;
        return found ?? Path.Combine(root, KataFolder);
    }

    private UvmInformation ReadFolder(string folder)
    {
        var information = UvmInformation.Empty;
        try
        {
            if (File.Exists(Path.Combine(folder, "reference-info-base64")))
                information = information with { ReferenceInfo = ReadFile(folder, "reference-info-base64") };
            var certificates = ReadFile(folder, "host-amd-cert-base64");
            if (certificates.Length > 0) information = information with { Certificates = ThimCertificates.ParseBase64(certificates) };
            return information with { Policy = ReadFile(folder, "security-policy-base64") };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SkrFailureException)
        {
            // A pod has the endorsement alone, a container outside a utility VM nothing: what was read so far stands.
            log.Info($"the security context in {folder} is not complete: {e.Message}");
            return information;
        }
    }

    private UvmInformation ReadEnvironment()
    {
        var certificates = environment("UVM_HOST_AMD_CERTIFICATE") ?? string.Empty;
        return new UvmInformation(
            environment("UVM_REFERENCE_INFO") ?? string.Empty,
            certificates.Length > 0 ? ThimCertificates.ParseBase64(certificates) : ThimCertificates.Empty,
            environment("UVM_SECURITY_POLICY") ?? string.Empty);
    }

    private static string ReadFile(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        var length = new FileInfo(path).Length;
        if (length > FileLimit) throw new SkrFailureException($"{path} is {length} bytes, more than {FileLimit}");
        return File.ReadAllText(path);
    }
}
