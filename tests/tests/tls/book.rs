//! What the book shows of TLS.

use super::*;
use crate::replaced::Directory;

#[tokio::test]
async fn a_cluster_with_tls() -> ergo::Result {
    let (epmd, authority) = (ports::free(), Authority::new("ours"));
    let directory = Directory::new();
    for name in ["shop", "stock"] {
        directory.write(name, &authority.sign(name));
    }
    let path = |file: &str| directory.0.join(file);

    // ANCHOR: start
    // PEM files, as for `-ssl_dist_optfile` of erl: certfile, keyfile, cacertfile.
    let tls = TlsOptions::from_pem_files(path("shop.pem"), path("shop.key"), path("ca.pem"))?;
    let shop = Node::builder("tls_shop@127.0.0.1")
        .cookie("secret")
        .tls(tls.clone());
    // ANCHOR_END: start
    let shop = start(shop.epmd_port(epmd)).await;
    let other = TlsOptions::from_pem_files(path("stock.pem"), path("stock.key"), path("ca.pem"))?;
    let stock = builder("stock", epmd).cookie("secret").tls(other);
    let stock = start(stock).await;
    deadline(PATIENCE, stock.connect("tls_shop@127.0.0.1")).await?;

    directory.write("shop", &authority.sign("shop"));
    // ANCHOR: reload
    // After the files have been renewed. Connections stay; new ones use what is in the files now.
    tls.reload()?;
    // ANCHOR_END: reload
    part(&stock, &shop).await;
    deadline(PATIENCE, stock.connect("tls_shop@127.0.0.1")).await?;
    stop(stock).await;
    stop(shop).await;
    Ok(())
}
