using Cove.Outcomes;

namespace Cove.Images.Oci;

/// <summary>The files of an image as it lies somewhere: a folder, or the inside of an archive. Paths are relative, with slashes.</summary>
internal interface IImageFiles : IDisposable
{
    /// <summary>The file's content, or null where there is none. The stream knows its length.</summary>
    /// <exception cref="MalformedException">The path leads outside.</exception>
    Stream? Open(string path);
}

/// <summary>What the two kinds share: which paths are taken, and reading small files whole.</summary>
internal static class ImageFiles
{
    public static bool IsInside(string path) =>
        path.Length > 0 && !path.StartsWith('/') && !path.Contains('\\', StringComparison.Ordinal) && !path.Contains('\0', StringComparison.Ordinal)
        && path.Split('/').All(part => part is not ("" or "." or ".."));

    public static string Inside(string path) =>
        IsInside(path) ? path : throw new MalformedException("OCI image", $"path '{path}'", "leads outside the image");

    /// <summary>A whole JSON document.</summary>
    public static byte[] ReadJson(this IImageFiles files, string path) => files.TryReadJson(path) ?? throw new MalformedException("OCI image", path, "is missing");

    /// <summary>A whole JSON document, or null where there is none.</summary>
    public static byte[]? TryReadJson(this IImageFiles files, string path)
    {
        using var stream = files.Open(path);
        if (stream is null) return null;
        if (stream.Length > OciLimits.MaximumJson) throw new MalformedException("OCI image", path, $"is {stream.Length} bytes, at most {OciLimits.MaximumJson} are taken");
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        return content;
    }
}
