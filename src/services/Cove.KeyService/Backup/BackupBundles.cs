using System.Buffers;
using System.Text.Json;

namespace Cove.KeyService.Backup;

/// <summary>The JSON of a job, as Azure writes it.</summary>
internal static class BackupBundles
{
    public static byte[] Write(BackupJob job)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("status", job.Status);
            writer.WriteString("statusDetails", job.Details);
            if (job.Code is null) writer.WriteNull("error");
            else WriteError(writer, job.Code, job.Details);
            writer.WriteNumber("startTime", job.Started.ToUnixTimeSeconds());
            if (job.Ended is { } ended) writer.WriteNumber("endTime", ended.ToUnixTimeSeconds());
            else writer.WriteNull("endTime");
            writer.WriteString("jobId", job.Id.ToString("N"));
            if (job.Kind == BackupKind.Backup) writer.WriteString("azureStorageBlobContainerUri", job.Status == "Succeeded" ? job.Folder : null);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteError(Utf8JsonWriter writer, string code, string? details)
    {
        writer.WriteStartObject("error");
        writer.WriteString("code", code);
        writer.WriteString("message", details);
        writer.WriteEndObject();
    }
}
