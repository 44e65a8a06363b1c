using System.Net;
using System.Text;
using Cove.Images.Oci;
using Cove.Images.Packing;
using Cove.Images.Registry;
using Cove.Images.Store;
using Cove.Outcomes;
using Cove.Tests;

namespace Cove.Images.Tests.Registry;

/// <summary>Against Debian's own registry on this machine.</summary>
public sealed class RegistryTests
{
    private const string Artifact = "application/x-test";

    [Fact]
    public async Task An_image_comes_back_as_it_was_stored_and_is_fetched_once()
    {
        await using var registry = await LocalRegistry.StartAsync();
        using var folder = new TemporaryFolder();
        var (image, reference) = Put(registry.Name, folder);
        var counting = new CountingHandler();
        using var http = new HttpClient(counting);
        var store = new ImageStore(folder["second"]);
        var pulled = RegistryImages.Pull(new RegistryClient(http, registry.Name), reference, store);
        Assert.Equal(image.Digest, pulled.Digest);
        Assert.Equal(image.Layers.Select(layer => layer.DiffId), pulled.Layers.Select(layer => layer.DiffId));
        Assert.NotNull(store.Find(reference));

        var before = counting.Blobs;
        Assert.True(before > 1);
        RegistryImages.Pull(new RegistryClient(http, registry.Name), ImageReference.Parse($"{registry.Name}/app@{image.Digest}"), store);
        Assert.Equal(before + 1, counting.Blobs); // the configuration; every layer is there
    }

    [Fact]
    public async Task What_the_registry_does_not_have_is_unavailable()
    {
        await using var registry = await LocalRegistry.StartAsync();
        using var folder = new TemporaryFolder();
        using var http = new HttpClient();
        var client = new RegistryClient(http, registry.Name);
        Assert.Throws<UnavailableException>(() => RegistryImages.Pull(client, ImageReference.Parse($"{registry.Name}/none:1"), new ImageStore(folder["store"])));
        Assert.Throws<UnavailableException>(() => RegistryImages.Attached(client, ImageReference.Parse($"{registry.Name}/none:1"), Artifact));
    }

    [Fact]
    public async Task A_file_attached_to_an_image_is_found_with_it_and_by_its_type_only()
    {
        await using var registry = await LocalRegistry.StartAsync();
        using var folder = new TemporaryFolder();
        var (_, reference) = Put(registry.Name, folder);
        using var http = new HttpClient();
        var client = new RegistryClient(http, registry.Name);
        Assert.Empty(RegistryImages.Attached(client, reference, Artifact));
        RegistryImages.Attach(client, reference, Artifact, new AttachedFile("text/plain", "first"u8.ToArray()), "first.txt");
        RegistryImages.Attach(client, reference, Artifact, new AttachedFile("text/plain", "second"u8.ToArray()), "second.txt");
        RegistryImages.Attach(client, reference, "application/x-other", new AttachedFile("text/plain", "third"u8.ToArray()), "third.txt");
        Assert.Equal(["first", "second"], RegistryImages.Attached(client, reference, Artifact).Select(file => Encoding.UTF8.GetString(file.Content)));
        RegistryImages.Push(client, ImageReference.Parse($"{registry.Name}/alone:1"), Artifact, new AttachedFile("text/plain", "alone"u8.ToArray()), "alone.txt");
    }

    [Fact]
    public void A_registry_that_sends_other_bytes_than_it_names_is_malformed()
    {
        using var folder = new TemporaryFolder();
        using var http = new HttpClient(new LyingHandler());
        var digest = Digest.Of("{}"u8);
        Assert.Throws<MalformedException>(() => RegistryImages.Pull(new RegistryClient(http, "localhost:1"), ImageReference.Parse($"localhost:1/app@{digest}"), new ImageStore(folder["store"])));
    }

    [Fact]
    public void A_registry_that_asks_for_a_password_gets_it_and_one_that_names_a_place_for_tokens_too()
    {
        foreach (var bearer in (bool[])[false, true])
        {
            using var folder = new TemporaryFolder();
            using var credentials = new RegistryCredentials("harbour", "tide"u8.ToArray());
            var handler = new AskingHandler(bearer);
            using var http = new HttpClient(handler);
            Assert.Throws<UnavailableException>(() => RegistryImages.Pull(new RegistryClient(http, "localhost:1", credentials), ImageReference.Parse("localhost:1/app:1"), new ImageStore(folder["store"])));
            Assert.True(handler.Accepted);
            using var without = new HttpClient(new AskingHandler(bearer));
            var refused = Assert.Throws<UnavailableException>(() => RegistryImages.Pull(new RegistryClient(without, "localhost:1"), ImageReference.Parse("localhost:1/app:1"), new ImageStore(folder["store"])));
            Assert.DoesNotContain("has no image", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_password_never_goes_to_a_place_without_protection()
    {
        using var folder = new TemporaryFolder();
        using var credentials = new RegistryCredentials("harbour", "tide"u8.ToArray());
        using var http = new HttpClient(new AskingHandler(bearer: true, realm: "http://elsewhere.example/token"));
        var refused = Assert.Throws<UnavailableException>(() => RegistryImages.Pull(new RegistryClient(http, "registry.example", credentials), ImageReference.Parse("registry.example/app:1"), new ImageStore(folder["store"])));
        Assert.Contains("not protected", refused.Message, StringComparison.Ordinal);
    }

    private static (StoredImage Image, ImageReference Reference) Put(string registry, TemporaryFolder folder)
    {
        var root = Directory.CreateDirectory(folder["root"]);
        File.WriteAllText(System.IO.Path.Combine(root.FullName, "hello"), "hello");
        var store = new ImageStore(folder["first"]);
        var image = ImagePacker.Pack(new ImageRecipe { Layers = [new PackedLayer(root.FullName)], Entrypoint = ["/hello"], Command = [], Environment = [], User = "", WorkingDirectory = "" }, store);
        using var http = new HttpClient();
        var client = new RegistryClient(http, registry);
        var manifest = store.Blobs.TryReadJson(image.Manifest.Digest)!;
        foreach (var digest in ImageManifest.Parse(manifest).Layers.Select(layer => layer.Digest).Append(ImageManifest.Parse(manifest).Configuration.Digest))
        {
            using var blob = store.Blobs.Open(digest);
            using var content = new MemoryStream();
            blob.CopyTo(content);
            client.PutBlob("app", content.ToArray(), default);
        }

        client.PutManifest("app", "1", manifest, "application/vnd.oci.image.manifest.v1+json", default);
        return (image, ImageReference.Parse($"{registry}/app:1"));
    }

    private sealed class CountingHandler() : DelegatingHandler(new SocketsHttpHandler())
    {
        public int Blobs { get; private set; }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method == HttpMethod.Get && request.RequestUri!.AbsolutePath.Contains("/blobs/", StringComparison.Ordinal)) Blobs++;
            return base.Send(request, cancellationToken);
        }
    }

    private sealed class LyingHandler : HttpMessageHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => new(HttpStatusCode.OK) { Content = new StringContent("{\"other\":1}") };

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(Send(request, cancellationToken));
    }

    private sealed class AskingHandler(bool bearer, string realm = "http://localhost:1/token") : HttpMessageHandler
    {
        public bool Accepted { get; private set; }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var given = request.Headers.Authorization?.ToString();
            var basic = given == "Basic " + Convert.ToBase64String("harbour:tide"u8);
            if (request.RequestUri!.AbsolutePath == "/token") return new(basic ? HttpStatusCode.OK : HttpStatusCode.Unauthorized) { Content = new StringContent("{\"token\":\"abc\"}") };
            if (bearer ? given == "Bearer abc" : basic)
            {
                Accepted = true;
                return new(HttpStatusCode.NotFound);
            }

            var refusal = new HttpResponseMessage(HttpStatusCode.Unauthorized);
            refusal.Headers.TryAddWithoutValidation("WWW-Authenticate", bearer ? $"Bearer realm=\"{realm}\",service=\"s\",scope=\"repository:app:pull\"" : "Basic realm=\"r\"");
            return refusal;
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(Send(request, cancellationToken));
    }
}
