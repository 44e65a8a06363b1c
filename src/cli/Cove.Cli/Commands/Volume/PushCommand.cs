using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Cove.Volumes.Blobs;
using Cove.Volumes.Stores;

namespace Cove.Cli.Commands.Volume;

internal sealed class PushCommand : CoveCommand
{
    private const int MaximumSecret = 64 * 1024;

    private readonly Argument<string> image = new("image") { Description = "the encrypted image" };
    private readonly Argument<string> url = new("url") { Description = "where it goes: the URL of a blob, without a signature" };
    private readonly Option<string?> signature = new("--sas") { HelpName = "file", Description = "a file with a shared access signature, - or env://NAME" };
    private readonly Option<string?> token = new("--token") { HelpName = "file", Description = "a file with an access token, - or env://NAME" };
    private readonly Option<string?> accountKey = new("--account-key") { HelpName = "file", Description = "a file with the account's key in base64, - or env://NAME" };
    private readonly Option<string?> account = new("--account") { HelpName = "name", Description = "the account's name; by default the URL's first label" };
    private readonly Option<bool> page = new("--page") { Description = "make a page blob, which can be mounted for writing; by default a block blob" };
    private readonly Option<bool> container = new("--create-container") { Description = "make the container where there is none" };
    private readonly Option<bool> open = new("--public") { Description = "let everybody read the container that is made: its blobs are encrypted" };

    public PushCommand()
        : base("push", "upload an encrypted image to a blob store, going on where an upload was cut off")
    {
        Add(image);
        Add(url);
        foreach (var option in (Option[])[signature, token, accountKey, account, page, container, open]) Add(option);
        Details = "Pieces that are there already are not sent again, and zeros of a page blob never are. What an upload before left is used only if it was of this very image.";
        Example("cove volume push data.img https://ACCOUNT.blob.core.windows.net/volumes/data.img --token env://STORAGE_TOKEN", "with an access token of az account get-access-token");
        Example("cove volume push data.img http://127.0.0.1:10000/devstoreaccount1/volumes/data.img --sas sas.txt --page", "to Azurite, to be mounted for writing");
    }

    protected internal override async Task<Answer> Run(Invocation call, CancellationToken cancellation)
    {
        var path = call.Get(image);
        if (!File.Exists(call.FullPath(path))) throw CommandFailedException.Usage("file-not-found", $"no such file, {path}");
        var (address, authorization) = await TargetAsync(call, cancellation);
        await using var file = FileStore.Open(call.FullPath(path), writable: false);
        var options = new BlobUploadOptions { AsPageBlob = call.Get(page), CreateContainer = call.Get(container), PublicRead = call.Get(open) };
        using var progress = call.Terminal.Progress("uploading", file.Length);
        using var http = call.Http();
        http.Timeout = Timeout.InfiniteTimeSpan;
        try
        {
            var upload = new BlobUpload(new BlobClient(http, address, authorization, call.Time), options);
            return Show(address, await upload.PushAsync(file, new Told(progress), cancellation));
        }
        catch (BlobRefusedException refused) when (refused.Status is 401 or 403)
        {
            throw CommandFailedException.NotPermitted("blob-refused", refused.Message, "the role Storage Blob Data Contributor, or a signature with the permissions rcw");
        }
        catch (BlobRefusedException refused)
        {
            throw CommandFailedException.Unavailable("blob-refused", refused.Message, refused.Status == 404 ? "--create-container makes the container" : null);
        }
    }

    private async Task<(BlobAddress Address, BlobAuthorization Authorization)> TargetAsync(Invocation call, CancellationToken cancellation)
    {
        var text = call.Get(url);
        if (text.Contains('?', StringComparison.Ordinal)) throw CommandFailedException.Usage("signature-on-command-line", "a signature is a secret and does not belong on a command line", "give it with --sas FILE");
        switch (call.Get(signature), call.Get(token), call.Get(accountKey))
        {
            case (null, null, null):
                return (BlobAddress.Parse(text), BlobAuthorization.None);
            case ({ } sas, null, null):
                return (BlobAddress.Parse($"{text}?{(await SecretAsync(call, sas, cancellation)).TrimStart('?')}"), BlobAuthorization.None);
            case (null, { } bearer, null):
                var shown = await SecretAsync(call, bearer, cancellation);
                return (BlobAddress.Parse(text), BlobAuthorization.Bearer(_ => ValueTask.FromResult(shown)));
            case (null, null, { } from):
                var address = BlobAddress.Parse(text);
                return (address, BlobAuthorization.SharedKey(call.Get(account) ?? address.Uri.Host.Split('.')[0], AccountKey(await SecretAsync(call, from, cancellation))));
            default:
                throw CommandFailedException.Usage("several-rights", "one of --sas, --token and --account-key is enough");
        }
    }

    private static async Task<string> SecretAsync(Invocation call, string from, CancellationToken cancellation)
    {
        var bytes = await call.ReadSecret(from, MaximumSecret, cancellation);
        try
        {
            return Encoding.ASCII.GetString(bytes).Trim();
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static byte[] AccountKey(string text)
    {
        try
        {
            return Convert.FromBase64String(text);
        }
        catch (FormatException)
        {
            throw CommandFailedException.Usage("account-key-invalid", "the account's key is not base64");
        }
    }

    private static Answer Show(BlobAddress address, BlobUploadResult result) => Answer.Of(
        page =>
        {
            page.Line($"pushed {page.Strong(address.ToString())}: {Quantity.Bytes(result.Bytes)}, {Quantity.Bytes(result.Sent)} sent{(result.Resumed > 0 ? $", {Quantity.Bytes(result.Resumed)} were there" : "")}");
            page.Line($"  sha256      {result.Digest}");
        },
        writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("url", address.ToString());
            writer.WriteNumber("bytes", result.Bytes);
            writer.WriteNumber("sent", result.Sent);
            writer.WriteNumber("resumed", result.Resumed);
            writer.WriteString("sha256", result.Digest);
            writer.WriteEndObject();
        });

    private sealed class Told(Progress progress) : IProgress<long>
    {
        public void Report(long value) => progress.Report(value);
    }
}
